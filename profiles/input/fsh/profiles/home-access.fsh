Profile: HomeAccess
Parent: Flag
Id: home-access
Title: "How to get in"
Description: "Where the key is, how to find and enter the home, and what may harm whoever goes there. Shown only to those who are on their way to the door: it carries the label R (restricted) and stands in no document, no form and no shared summary."
* ^experimental = false
* insert Obligation(., 0, gp-practice, SHALL:populate-if-known, [[Records how to get in where it is known, with the label R, and ends what is no longer true at once.]])
* insert Obligation(., 1, ambulance, SHALL:display, [[Shows it to the crew that is on its way to the door, and to nobody else.]])
* insert Obligation(., 2, out-of-hours, SHALL:display, [[Shows it to whoever sets out for a visit, and to nobody else.]])
* insert Obligation(., 3, hospital, SHALL:handle, [[Does not show it: nobody there is on the way to the door. Tells a discharge team where it can be asked for.]])
* insert Obligation(., 4, integrator, SHALL:handle, [[Keeps it apart with its label: never in a document, a log, a list or a message that others read.]])
* obeys access-1
* meta.security 1..* MS
* meta.security ^short = "The label R (restricted)"
* meta.security ^definition = "The label that keeps this from everybody who is not on the way to the door. A Flag about access without it is refused by this profile."
* meta.security ^slicing.discriminator.type = #pattern
* meta.security ^slicing.discriminator.path = "$this"
* meta.security ^slicing.rules = #open
* meta.security contains restricted 1..1 MS
* meta.security[restricted] = $confidentiality#R
* meta.security[restricted] ^short = "Restricted"
* status MS
* status ^short = "active while it is true; inactive when it is over"
* status ^definition = "Active only while it is true. When the key safe moves or its code changes, the old Flag becomes inactive at once."
* category 1..1 MS
* category from HomeAccessKindVS (required)
* category ^short = "Key safe, way in, or hazard"
* code MS
* code ^short = "What it says"
* code.text 1..1 MS
* code.text ^short = "What to do or to beware of, in words"
* code.text ^definition = "What someone at the door needs to read: where the key safe is and how it opens, which door, where to park, a dog, oxygen in use, a threat to staff."
* subject MS
* subject ^short = "The person whose home it is"
* subject only Reference(PlanPatient)
* period 1..1 MS
* period ^short = "Since when it holds; until when, if it is over"
* period.start 1..1 MS
* period.start ^short = "When it was recorded, or last found to be so"
* author 1..1 MS
* author ^short = "Who recorded it"

Invariant: access-1
Description: "An active Flag about access has not ended yet in its own words: its period has no end."
Severity: #error
Expression: "status = 'active' implies period.end.empty()"
