ValueSet: AccessPurposeVS
Id: access-purpose
Title: "Purpose of an access"
Description: "Why the record of a person was opened."
* ^experimental = false
* $act-reason#TREAT "treatment"
* $act-reason#TREAT insert Meaning([[To care for this person.]])
* $act-reason#ETREAT "Emergency Treatment"
* $act-reason#ETREAT insert Meaning([[To act in an emergency of this person.]])
* $act-reason#BTG "break the glass"
* $act-reason#BTG insert Meaning([[To act in an emergency although access was not allowed otherwise. The reason was given, and the access is reviewed.]])
* $act-reason#PATRQT "patient requested"
* $act-reason#PATRQT insert Meaning([[Because the person, or who speaks for them, asked for it.]])
* $act-reason#PATADMIN "patient administration"
* $act-reason#PATADMIN insert Meaning([[To administer the record, without using what it says for care.]])
