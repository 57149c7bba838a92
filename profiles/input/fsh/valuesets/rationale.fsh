ValueSet: RationaleVS
Id: rationale
Title: "Reason for a recommendation"
Description: "All codes that say: reason for a recommendation."
* ^experimental = false
* include codes from system RationaleCodes
