ValueSet: DiscussionVS
Id: discussion
Title: "With whom a recommendation was discussed"
Description: "All codes of the code system DiscussionCodes."
* ^experimental = false
* include codes from system DiscussionCodes
