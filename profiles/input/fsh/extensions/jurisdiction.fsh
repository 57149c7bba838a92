Extension: Jurisdiction
Id: jurisdiction
Title: "Nation whose law applies"
Description: "The nation of the United Kingdom whose law applies to the person: it decides age limits, on what footing a plan may be shared, and what force a refusal has."
Context: Patient
* insert LocalExtension
* value[x] 1..1
* value[x] only Coding
* value[x] from JurisdictionVS (required)
