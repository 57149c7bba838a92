ValueSet: CapacityVS
Id: capacity
Title: "Capacity for this decision"
Description: "All codes that say: capacity for this decision."
* ^experimental = false
* include codes from system CapacityCodes
