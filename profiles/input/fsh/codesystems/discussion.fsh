CodeSystem: DiscussionCodes
Id: discussion
Title: "With whom a recommendation was discussed"
Description: "With whom a recommendation about an intervention was talked over."
* insert LocalCodeSystem
* #person "With the person" "The recommendation was discussed with the person whom it is about."
* #family "With family or others close to the person" "The recommendation was discussed with family, friends or carers."
* #proxy "With the legal proxy" "The recommendation was discussed with a welfare attorney, guardian, deputy or other legal proxy."
* #not-discussed "Not discussed" "The recommendation was not discussed with the person or anyone close to them. The reason is written down."
