ValueSet: PreferredPlaceVS
Id: preferred-place
Title: "Preferred places of care and of death"
Description: "Where a person would like to be cared for or to die: findings about the preferred place of death from the United Kingdom's palliative care standard, and kinds of place for the preferred place of care, for which no finding exists. Other places are written in words."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#264362003 "Home"
* $sct#264362003 insert Meaning([[The place is the home of the person.]])
* $sct#284546000 "Hospice"
* $sct#284546000 insert Meaning([[The place is a hospice.]])
* $sct#22232009 "Hospital"
* $sct#22232009 insert Meaning([[The place is a hospital.]])
* $sct#108344006 "Nursing home"
* $sct#108344006 insert Meaning([[The place is a nursing home.]])
* $sct#110481000000108 "Preferred place of death: home"
* $sct#110481000000108 insert Meaning([[The person would like to die at home.]])
* $sct#108401000000102 "Preferred place of death: hospice"
* $sct#108401000000102 insert Meaning([[The person would like to die in a hospice.]])
* $sct#109401000000108 "Preferred place of death: hospital"
* $sct#109401000000108 insert Meaning([[The person would like to die in hospital.]])
* $sct#89751000000108 "Preferred place of death: community hospital"
* $sct#89751000000108 insert Meaning([[The person would like to die in a community hospital.]])
* $sct#89761000000106 "Preferred place of death: nursing home"
* $sct#89761000000106 insert Meaning([[The person would like to die in a nursing home.]])
* $sct#512071000000106 "Preferred place of death: residential home"
* $sct#512071000000106 insert Meaning([[The person would like to die in a residential home.]])
* $sct#518741000000100 "Preferred place of death: learning disability unit"
* $sct#518741000000100 insert Meaning([[The person would like to die in a unit for people with learning disabilities.]])
* $sct#518771000000106 "Preferred place of death: mental health unit"
* $sct#518771000000106 insert Meaning([[The person would like to die in a mental health unit.]])
* $sct#517111000000103 "Preferred place of death: unable to express preference"
* $sct#517111000000103 insert Meaning([[The person could not say where they would like to die.]])
* $sct#517131000000106 "Preferred place of death: discussion not appropriate"
* $sct#517131000000106 insert Meaning([[It was not appropriate to talk about it. This says nothing about what the person would like.]])
* $sct#517161000000101 "Preferred place of death: undecided"
* $sct#517161000000101 insert Meaning([[The person was asked and has not decided.]])
