ValueSet: DecisionBasisVS
Id: decision-basis
Title: "Basis of a recommendation"
Description: "All codes of the code system DecisionBasisCodes."
* ^experimental = false
* include codes from system DecisionBasisCodes
