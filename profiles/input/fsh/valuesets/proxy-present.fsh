ValueSet: ProxyPresentVS
Id: proxy-present
Title: "Whether there is a legal proxy"
Description: "Yes and no, by the codes of HL7 table 0136, or that it is not known."
* ^experimental = false
* $yes-no#Y "Yes"
* $yes-no#Y insert Meaning([[Somebody has the legal power to decide for the person.]])
* $yes-no#N "No"
* $yes-no#N insert Meaning([[Nobody has: it was asked or looked up.]])
* $absent-reason#unknown "Unknown"
* $absent-reason#unknown insert Meaning([[It is not known whether somebody has. This must not be read as no.]])
