Instance: Bundle-held-summaries
InstanceOf: OperationDefinition
Usage: #definition
Title: "Which summaries are held"
Description: "What is held here of the summaries that senders have put here, so that a sender can compare it with what it knows: digests of all of it in 1,024 buckets, and of the buckets that it asks for each summary."
* url = "https://keyplan.example/fhir/OperationDefinition/Bundle-held-summaries"
* name = "HeldSummaries"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #held-summaries
* resource = #Bundle
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #buckets
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Numbers of buckets, 0 to 1023, with a blank between them. If absent, the digests of all are answered."
  * type = #string
* parameter[+]
  * name = #persons
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Persons of whom a summary or its withdrawal is held."
  * type = #unsignedInt
* parameter[+]
  * name = #digests
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "8 bytes for each of the 1,024 buckets, zeros for an empty one. The bucket of a person is the first 10 bits of SHA-256 of their id. The digest of a bucket is the beginning of SHA-256 of its editions, each as person/epoch/sequence/state, in the order of their bytes, with a line feed between them."
  * type = #base64Binary
* parameter[+]
  * name = #summary
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A summary that is held in one of the buckets, as person/epoch/sequence/state; state is current or withdrawn."
  * type = #string
