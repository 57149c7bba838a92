ValueSet: ContentStabilityVS
Id: content-stability
Title: "Stability of what a pointer leads to"
Description: "All codes that say: stability of what a pointer leads to."
* ^experimental = false
* include codes from system ContentStabilityCodes
