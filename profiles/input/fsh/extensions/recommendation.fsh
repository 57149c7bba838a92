Extension: Recommendation
Id: recommendation
Title: "Recommendation"
Description: "What is recommended about the intervention: the decision as its author recorded it. Permit and deny in the provision are derived from it. Where they are absent, nothing is permitted and nothing is denied."
Context: Consent
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from RecommendationVS (required)
