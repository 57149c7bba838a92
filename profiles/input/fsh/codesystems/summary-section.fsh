CodeSystem: SummarySectionCodes
Id: summary-section
Title: "Section of a summary"
Description: "Sections of the Key Information Summary, in the order in which they are shown."
* insert LocalCodeSystem
* #identity "Who this is" "What to check to be sure that this is the right person."
