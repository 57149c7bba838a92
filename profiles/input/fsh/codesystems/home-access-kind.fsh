CodeSystem: HomeAccessKindCodes
Id: home-access-kind
Title: "Kind of information about access"
Description: "What someone on the way to the door needs to know. Each is a restricted Flag of its own, so that one can change without the others."
* insert LocalCodeSystem
* #key-safe "Key safe" "Where a key is kept and how to reach it."
* #way-in "Way in" "Which door, floor or entrance to use, where to park, how to be let in."
* #hazard "Hazard" "What may harm whoever goes there: an animal, a threat, oxygen in use, the state of the building."
