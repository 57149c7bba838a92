ValueSet: StateReasonVS
Id: state-reason
Title: "Reason why a plan ended"
Description: "All codes of the code system StateReasonCodes."
* ^experimental = false
* include codes from system StateReasonCodes
