CodeSystem: SummarySectionCodes
Id: summary-section
Title: "Section of a summary"
Description: "Sections of the Key Information Summary in the order in which they are shown, and the one section of a summary that was withdrawn."
* insert LocalCodeSystem
* #identity "Person and sharing" "What to check to be sure that this is the right person, how to speak with them, and what they decided about sharing."
* #cpr "Cardiopulmonary resuscitation (CPR)" "Whether attempts at resuscitation are recommended, who decided, when and why. Where nothing is recorded, nothing may be inferred."
* #overall-focus "Overall focus of care" "What emergency care should aim for above all."
* #advance-refusals "Advance refusals of treatment" "Treatment that the person has refused in advance, and what force that has where they live."
* #interventions "Other treatments and admission" "Recommendations about other interventions, admission to hospital and intensive care."
* #what-matters "What matters to me" "What the person values, fears and hopes for, in their own words."
* #contacts "Contacts and legal proxy" "Whom to call, who may decide for the person, and how to reach them."
* #capacity "Capacity and involvement" "Whether the person could take part in making the recommendations, and how they and those close to them were involved."
* #preferred-places "Preferred places" "Where the person would like to be cared for and to die."
* #shared-understanding "Health and circumstances (special note)" "Diagnoses and circumstances, and what someone who meets the person for the first time would want to know."
* #plans "Plans in force" "The plans from which the summary was made: their identifiers and versions, who signed them, when they are to be reviewed."
* #verify "Is this still current?" "When the summary was made, and how to find out whether a newer one has taken its place."
* #withdrawn "Withdrawn" "Says that the summary was withdrawn and that earlier copies must not be used. Nothing clinical."
