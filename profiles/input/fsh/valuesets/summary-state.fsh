ValueSet: SummaryStateVS
Id: summary-state
Title: "State of a shared summary"
Description: "All codes that say: state of a shared summary."
* ^experimental = false
* include codes from system SummaryStateCodes
