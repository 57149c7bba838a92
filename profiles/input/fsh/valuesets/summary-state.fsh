ValueSet: SummaryStateVS
Id: summary-state
Title: "State of a shared summary"
Description: "All codes of the code system SummaryStateCodes."
* ^experimental = false
* include codes from system SummaryStateCodes
