CodeSystem: InvolvementCodes
Id: involvement
Title: "Involvement in the plan"
Description: "How the person, or those who speak for them, took part in making an emergency care plan (section 6 of a ReSPECT-style plan)."
* insert LocalCodeSystem
* #A "Person has capacity and was fully involved" "The person has the mental capacity to take part in making these recommendations and was fully involved."
* #B "Person lacks capacity; made under capacity law" "The person does not have the mental capacity to take part, even with support. Their past and present views were taken into account and the recommendations were made in accordance with capacity law, including consultation with a legal proxy or, where there is none, with family or friends."
* #C1 "Child or young person with sufficient maturity" "The person is under 18 (under 16 in Scotland) and has sufficient maturity and understanding to take part in making the plan."
* #C2 "Child without sufficient maturity; views taken into account" "The person is under 18 (under 16 in Scotland) and does not have sufficient maturity and understanding to take part. Their views, where known, were taken into account."
* #C3 "Those with parental responsibility fully involved" "The person is under 18 (under 16 in Scotland) and those who hold parental responsibility were fully involved in discussing and making the plan."
* #D "None of these; reason stated" "The person or those close to them were not involved as described by the other choices. A valid reason is written down, for example that involving them would cause physical or psychological harm."
