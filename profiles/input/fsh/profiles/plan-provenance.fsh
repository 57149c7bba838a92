Profile: PlanProvenance
Parent: Provenance
Id: plan-provenance
Title: "Authorship and signature of a plan"
Description: "Who wrote, signed, copied or confirmed a plan, when, and for whom. A signature covers the version of the plan that it names and no other."
* ^experimental = false
* insert Decided([[who wrote and who signed]])
* target MS
* target ^short = "The plan, and whatever else was recorded with it"
* occurred[x] MS
* occurred[x] ^short = "When it was written, signed or confirmed"
* recorded MS
* recorded ^short = "When it was recorded"
* activity MS
* activity ^short = "What was done: submitted, signed, confirmed, withdrawn …"
* activity from PlanActVS (extensible)
* agent MS
* agent ^short = "Who took part"
* agent.type MS
* agent.type from ProvenanceAgentVS (extensible)
* agent.type ^short = "Part taken: author, signer, transcriber, reviewer, decider, recorder"
* agent.role MS
* agent.role ^short = "Role of the one who took part, the senior responsible clinician above all"
* agent.who MS
* agent.who ^short = "Who; a clinician who signs with name, grade or speciality and registration number"
* agent.onBehalfOf MS
* agent.onBehalfOf ^short = "For whom they acted"
* signature MS
* signature ^short = "The signature, where there is one"
* signature.when MS
* signature.when ^short = "When it was signed"
* signature.who MS
* signature.who ^short = "Whose signature it is"
