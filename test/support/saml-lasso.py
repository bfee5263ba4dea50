# A tool that asks by SAML with Entr'ouvert's lasso: prints where it sends a browser, reads the answer that it gets, and
# prints what it makes of it. Exits 77 where lasso is not installed, as automake's tests do.
# Arguments: the tool's metadata, its key, the identity provider's metadata, the identity provider's entity id.
import json
import sys

try:
    import lasso
except ImportError:
    sys.exit(77)

own_metadata, own_key, idp_metadata, idp = sys.argv[1:5]
server = lasso.Server(own_metadata, own_key, None, None)
server.signatureMethod = lasso.SIGNATURE_METHOD_RSA_SHA256
server.addProvider(lasso.PROVIDER_ROLE_IDP, idp_metadata, None, None)
login = lasso.Login(server)
login.initAuthnRequest(idp, lasso.HTTP_METHOD_REDIRECT)
login.request.nameIdPolicy.format = lasso.SAML2_NAME_IDENTIFIER_FORMAT_PERSISTENT
login.request.forceAuthn = False
login.msgRelayState = "here & there"
login.buildAuthnRequestMsg()
print(json.dumps({"url": login.msgUrl}), flush=True)
for line in sys.stdin:
    try:
        answered = lasso.Login(server)
        answered.processAuthnResponseMsg(line.strip())
        answered.acceptSso()
        attributes = {
            attribute.name: [value.any[0].content for value in attribute.attributeValue]
            for attribute in answered.assertion.attributeStatement[0].attribute
        }
        told = {"name": answered.nameIdentifier.content, "attributes": attributes}
    except lasso.Error as error:
        told = {"error": error.__class__.__name__}
    print(json.dumps(told), flush=True)
