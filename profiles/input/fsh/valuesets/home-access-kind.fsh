ValueSet: HomeAccessKindVS
Id: home-access-kind
Title: "Kind of information about access"
Description: "All codes that say: kind of information about access."
* ^experimental = false
* include codes from system HomeAccessKindCodes
