Extension: PrimaryEmergencyContact
Id: primary-emergency-contact
Title: "First to be called"
Description: "True for the one contact who is to be called first in an emergency."
Context: RelatedPerson
* insert LocalExtension
* value[x] 1..1
* value[x] only boolean
