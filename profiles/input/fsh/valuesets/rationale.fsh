ValueSet: RationaleVS
Id: rationale
Title: "Reason for a recommendation"
Description: "All codes of the code system RationaleCodes."
* ^experimental = false
* include codes from system RationaleCodes
