ValueSet: CapacityVS
Id: capacity
Title: "Capacity for this decision"
Description: "All codes of the code system CapacityCodes."
* ^experimental = false
* include codes from system CapacityCodes
