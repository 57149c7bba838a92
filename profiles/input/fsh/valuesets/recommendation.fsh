ValueSet: RecommendationVS
Id: recommendation
Title: "Recommendation about an intervention"
Description: "All codes that say: recommendation about an intervention."
* ^experimental = false
* include codes from system RecommendationCodes
