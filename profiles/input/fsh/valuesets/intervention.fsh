ValueSet: InterventionVS
Id: intervention
Title: "Interventions that a recommendation can be about"
Description: "Interventions in the order in which they are shown. A recommendation about another intervention carries its own code and text."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#89666000 "Cardiopulmonary resuscitation"
* $sct#89666000 insert Meaning([[Attempts to restart heart and breathing: chest compressions, rescue breaths, defibrillation.]])
* $sct#32485007 "Hospital admission"
* $sct#32485007 insert Meaning([[Going to hospital and staying there for treatment.]])
* $sct#32485007 insert Standing([[One public guide alone binds it, the Dutch one for palliative care. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* $sct#305351004 "Admission to intensive care"
* $sct#305351004 insert Meaning([[Treatment in an intensive care or high dependency unit.]])
* $sct#305351004 insert Standing([[One public guide alone binds it, the Dutch one for palliative care. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* $sct#40617009 "Artificial ventilation"
* $sct#40617009 insert Meaning([[Breathing by a machine through a tube in the windpipe.]])
* $sct#40617009 insert Standing([[One public guide alone binds it, the Dutch one for palliative care. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* InterventionCodes#non-invasive-ventilation "Non-invasive ventilation"
* $sct#281789004 "Antibiotic therapy"
* $sct#281789004 insert Meaning([[Medicines against infection by bacteria, by mouth or into a vein.]])
* $sct#281789004 insert Standing([[One public guide alone binds it, the Dutch one for palliative care. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* InterventionCodes#artificial-nutrition "Artificial nutrition"
* $sct#281800008 "Intravenous fluids"
* $sct#281800008 insert Meaning([[Fluids through a drip into a vein.]])
* $sct#281800008 insert Standing([[One public guide alone binds it, that for advance directives of the United States. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* $sct#116762002 "Blood products"
* $sct#116762002 insert Meaning([[Transfusion of blood or of parts of it.]])
* $sct#116762002 insert Standing([[One public guide alone binds it, the Dutch one for palliative care. Used because no United Kingdom list of such interventions exists; check it against a UK Edition release.]])
* InterventionCodes#dialysis "Dialysis"
