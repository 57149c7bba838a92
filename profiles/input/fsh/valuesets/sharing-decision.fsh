ValueSet: SharingDecisionVS
Id: sharing-decision
Title: "Decision about sharing"
Description: "All codes that say: decision about sharing."
* ^experimental = false
* include codes from system SharingDecisionCodes
