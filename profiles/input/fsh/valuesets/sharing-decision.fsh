ValueSet: SharingDecisionVS
Id: sharing-decision
Title: "Decision about sharing"
Description: "All codes of the code system SharingDecisionCodes."
* ^experimental = false
* include codes from system SharingDecisionCodes
