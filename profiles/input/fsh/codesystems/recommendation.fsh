CodeSystem: RecommendationCodes
Id: recommendation
Title: "Recommendation about an intervention"
Description: "What is recommended about one intervention in an emergency. This is the authored decision; permit and deny are derived from it and from nothing else."
* insert LocalCodeSystem
* #recommended "Recommended" "The intervention is recommended if it is needed."
* #conditional "Recommended under a condition" "The intervention is recommended only in the circumstances, or only in the form, that is written beside the recommendation. For cardiopulmonary resuscitation: modified resuscitation of a child, as described."
* #not-recommended "Not recommended" "The intervention is not recommended. A reason is written beside the recommendation. All other care goes on."
* #unknown "Not known" "The intervention was considered, but what is recommended is not known or could not be settled. It must not be read as a recommendation for or against."
* #not-discussed "Not discussed" "The intervention was not talked about. It must not be read as a recommendation for or against."
