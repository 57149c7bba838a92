ValueSet: RevocationReasonVS
Id: revocation-reason
Title: "Reason for ending a plan that nothing replaces"
Description: "The reasons why a plan ended, without the one that follows from a newer plan."
* ^experimental = false
* StateReasonCodes#withdrawn "Withdrawn"
* StateReasonCodes#person-died "Person has died"
* StateReasonCodes#entered-in-error "Entered in error"
