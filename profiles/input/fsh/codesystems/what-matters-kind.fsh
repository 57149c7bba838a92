CodeSystem: WhatMattersKindCodes
Id: what-matters-kind
Title: "Kind of statement about what matters"
Description: "What a statement in a conversation about what matters to the person is about."
* insert LocalCodeSystem
* #value "What I value" "Something that matters to the person and that they want care to respect or protect."
* #fear "What I fear or wish to avoid" "Something that worries the person or that they want to avoid."
* #hope "What I hope for" "Something that the person hopes for or wants to be able to do."
