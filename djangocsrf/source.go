package djangocsrf

import "strings"

// checkSource looks at where the request comes from.
func (p *Protection) checkSource(r *Request) *Error {
	switch {
	case r.HasOrigin:
		return p.checkOrigin(r)
	case r.Secure:
		return p.checkReferer(r)
	default:
		return nil
	}
}

// checkOrigin looks at the Origin. Django: _origin_verified.
func (p *Protection) checkOrigin(r *Request) *Error {
	scheme := "http"
	if r.Secure {
		scheme = "https"
	}
	if r.Host != "" && r.Origin == scheme+"://"+r.Host || p.trusted.origin(r.Origin) {
		return nil
	}
	sent, rest, _ := strings.Cut(r.Origin, "://")
	differs := compare(rest, r.Host)
	differs.Scheme = sent != scheme
	if r.Host == "" {
		differs = Differs{}
	}
	return &Error{Kind: ErrBadOrigin, Differs: differs}
}

// checkReferer looks at the Referer of a request over HTTPS, where somebody on the
// way could plant a cookie. Django: _check_referer.
func (p *Protection) checkReferer(r *Request) *Error {
	if !r.HasReferer {
		return &Error{Kind: ErrNoReferer}
	}
	scheme, authority, ok := splitURL(r.Referer)
	own := p.ownDomain(r)
	switch {
	case !ok || scheme == "" || authority == "":
		return &Error{Kind: ErrMalformedReferer}
	case scheme != "https":
		return &Error{Kind: ErrInsecureReferer}
	case p.trusted.referer(authority) || sameDomain(authority, own):
		return nil
	case own == "":
		return &Error{Kind: ErrBadReferer}
	default:
		return &Error{Kind: ErrBadReferer, Differs: compare(authority, own)}
	}
}

// ownDomain is the host or domain that the site itself is in.
func (p *Protection) ownDomain(r *Request) string {
	domain := p.opts.CookieDomain
	switch {
	case domain == "":
		return r.Host
	case r.Port != "" && r.Port != "443" && r.Port != "80":
		return domain + ":" + r.Port
	default:
		return domain
	}
}

// compare tells which parts of an authority differ from a pattern of sameDomain.
func compare(authority, pattern string) Differs {
	host, port := splitPort(authority)
	ownHost, ownPort := splitPort(pattern)
	return Differs{Host: !sameDomain(host, ownHost), Port: port != ownPort}
}
