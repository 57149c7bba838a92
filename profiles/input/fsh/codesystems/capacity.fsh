CodeSystem: CapacityCodes
Id: capacity
Title: "Capacity for this decision"
Description: "Whether the person has the mental capacity to take part in making the recommendations of this plan, when they were made. Capacity is about one decision at one time."
* insert LocalCodeSystem
* #has-capacity "Has capacity" "The person has the mental capacity to take part in making these recommendations."
* #lacks-capacity "Lacks capacity" "Even with support, the person does not have the mental capacity to take part in making these recommendations. In what way is written down."
* #indeterminate "Could not be determined" "Capacity was considered but could not be determined."
