ValueSet: RecommendationVS
Id: recommendation
Title: "Recommendation about an intervention"
Description: "All codes of the code system RecommendationCodes."
* ^experimental = false
* include codes from system RecommendationCodes
