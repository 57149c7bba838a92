ValueSet: SummarySectionVS
Id: summary-section
Title: "Section of a summary"
Description: "All codes of the code system SummarySectionCodes."
* ^experimental = false
* include codes from system SummarySectionCodes
