Extension: OnlyWhenIncapable
Id: only-when-incapable
Title: "Only while the person lacks capacity"
Description: "True where the proxy may act only while the person lacks capacity for the decision at hand."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only boolean
