ValueSet: InterventionVS
Id: intervention
Title: "Interventions that a recommendation can be about"
Description: "Interventions in the order in which they are shown. A recommendation about another intervention carries its own code and text."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
// 89666000 stands in more than one public guide. The other SNOMED CT codes below come from one guide each: the Dutch palliative
// care guide (hospital admission, intensive care, ventilation, antibiotics, blood products) and the PACIO guide (intravenous
// fluids). They are used because no United Kingdom list of such interventions exists; check each against a UK Edition release.
* $sct#89666000 "Cardiopulmonary resuscitation"
* $sct#32485007 "Hospital admission"
* $sct#305351004 "Admission to intensive care"
* $sct#40617009 "Artificial ventilation"
* InterventionCodes#non-invasive-ventilation "Non-invasive ventilation"
* $sct#281789004 "Antibiotic therapy"
* InterventionCodes#artificial-nutrition "Artificial nutrition"
* $sct#281800008 "Intravenous fluids"
* $sct#116762002 "Blood products"
* InterventionCodes#dialysis "Dialysis"
