Extension: ContentStability
Id: content-stability
Title: "Whether what a pointer leads to changes"
Description: "Static: what is read there never changes. Dynamic: it is the newest each time it is read, as a plan of KeyPlan is. Says the same as the content stability of the National Record Locator of England."
Context: DocumentReference.content
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from ContentStabilityVS (required)
