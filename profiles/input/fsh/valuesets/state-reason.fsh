ValueSet: StateReasonVS
Id: state-reason
Title: "Reason why a plan ended"
Description: "All codes that say: reason why a plan ended."
* ^experimental = false
* include codes from system StateReasonCodes
