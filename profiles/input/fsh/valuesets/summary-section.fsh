ValueSet: SummarySectionVS
Id: summary-section
Title: "Section of a summary"
Description: "All codes that say: section of a summary."
* ^experimental = false
* include codes from system SummarySectionCodes
