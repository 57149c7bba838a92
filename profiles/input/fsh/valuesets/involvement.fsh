ValueSet: InvolvementVS
Id: involvement
Title: "Involvement in the plan"
Description: "All codes of the code system InvolvementCodes."
* ^experimental = false
* include codes from system InvolvementCodes
