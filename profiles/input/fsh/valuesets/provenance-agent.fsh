ValueSet: ProvenanceAgentVS
Id: provenance-agent
Title: "Part taken in a plan"
Description: "All codes of the code system ProvenanceAgentCodes."
* ^experimental = false
* include codes from system ProvenanceAgentCodes
