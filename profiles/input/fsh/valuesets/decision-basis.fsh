ValueSet: DecisionBasisVS
Id: decision-basis
Title: "Basis of a recommendation"
Description: "All codes that say: basis of a recommendation."
* ^experimental = false
* include codes from system DecisionBasisCodes
