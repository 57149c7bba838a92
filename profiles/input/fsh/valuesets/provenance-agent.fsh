ValueSet: ProvenanceAgentVS
Id: provenance-agent
Title: "Part taken in a plan"
Description: "All codes that say: part taken in a plan."
* ^experimental = false
* include codes from system ProvenanceAgentCodes
