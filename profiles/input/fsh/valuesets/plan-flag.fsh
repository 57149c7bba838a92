ValueSet: PlanFlagVS
Id: plan-flag
Title: "What a flag derived from a plan says"
Description: "Findings that systems show as an alert. Each repeats a decision in force and is derived from it."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#450475007 "For attempted cardiopulmonary resuscitation"
* $sct#450475007 insert Meaning([[A recommendation in force says that attempts at resuscitation are recommended.]])
* $sct#450476008 "Not for attempted cardiopulmonary resuscitation"
* $sct#450476008 insert Meaning([[A recommendation in force says that attempts at resuscitation are not recommended. All other care goes on.]])
* $sct#714748000 "Has advance care plan"
* $sct#714748000 insert Meaning([[A plan is in force: read it.]])
