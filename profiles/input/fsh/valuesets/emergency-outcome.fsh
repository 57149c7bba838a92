ValueSet: EmergencyOutcomeVS
Id: emergency-outcome
Title: "Outcome of an emergency enquiry"
Description: "All codes of the code system EmergencyOutcomeCodes."
* ^experimental = false
* include codes from system EmergencyOutcomeCodes
