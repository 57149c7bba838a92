ValueSet: ProxyPresentVS
Id: proxy-present
Title: "Whether there is a legal proxy"
Description: "Yes and no, by the codes of HL7 table 0136, or that it is not known."
* ^experimental = false
* $yes-no#Y "Yes"
* $yes-no#N "No"
* $absent-reason#unknown "Unknown"
