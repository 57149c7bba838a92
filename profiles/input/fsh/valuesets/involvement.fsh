ValueSet: InvolvementVS
Id: involvement
Title: "Involvement in the plan"
Description: "All codes that say: involvement in the plan."
* ^experimental = false
* include codes from system InvolvementCodes
