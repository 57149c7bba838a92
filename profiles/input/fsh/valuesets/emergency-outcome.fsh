ValueSet: EmergencyOutcomeVS
Id: emergency-outcome
Title: "Outcome of an emergency enquiry"
Description: "All codes that say: outcome of an emergency enquiry."
* ^experimental = false
* include codes from system EmergencyOutcomeCodes
