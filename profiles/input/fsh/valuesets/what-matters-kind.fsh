ValueSet: WhatMattersKindVS
Id: what-matters-kind
Title: "Kind of statement about what matters"
Description: "All codes of the code system WhatMattersKindCodes."
* ^experimental = false
* include codes from system WhatMattersKindCodes
