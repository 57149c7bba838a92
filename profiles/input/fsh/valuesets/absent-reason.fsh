ValueSet: AbsentReasonVS
Id: absent-reason
Title: "Why nothing is recorded"
Description: "The reasons for which something is not recorded. They are kept apart: that nobody asked is not a refusal to say, and neither is an answer."
* ^experimental = false
* $absent-reason#not-asked "Not Asked"
* $absent-reason#not-asked insert Meaning([[Nobody has asked the person.]])
* $absent-reason#asked-declined "Asked But Declined"
* $absent-reason#asked-declined insert Meaning([[The person was asked and did not wish to answer or to talk about it.]])
* $absent-reason#asked-unknown "Asked But Unknown"
* $absent-reason#asked-unknown insert Meaning([[The person, or who speaks for them, was asked and did not know.]])
* $absent-reason#unknown "Unknown"
* $absent-reason#unknown insert Meaning([[It is not known, and not known whether anybody asked.]])
* $absent-reason#masked "Masked"
* $absent-reason#masked insert Meaning([[Something is recorded, and it is withheld from this reader.]])
