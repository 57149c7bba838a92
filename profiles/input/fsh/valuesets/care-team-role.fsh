ValueSet: CareTeamRoleVS
Id: care-team-role
Title: "Role in the care of a person"
Description: "All codes that say: role in the care of a person."
* ^experimental = false
* include codes from system CareTeamRoleCodes
