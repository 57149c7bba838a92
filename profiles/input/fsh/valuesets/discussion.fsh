ValueSet: DiscussionVS
Id: discussion
Title: "With whom a recommendation was discussed"
Description: "All codes that say: with whom a recommendation was discussed."
* ^experimental = false
* include codes from system DiscussionCodes
