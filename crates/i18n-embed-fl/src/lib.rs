//! `fl!` for `age`, the one crate here that uses it. That of crates.io takes its arguments out of a `HashMap`, in an order that is
//! another one at each build, so that no two binaries were the same. It also checks the messages at build time, for who writes them.

use proc_macro::TokenStream;
use quote::{ToTokens as _, quote};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Token};

/// `fl!(LOADER, "message", name = value, …)`: a message with its values, in the loader's language.
#[proc_macro]
pub fn fl(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(|e| e.to_compile_error()).into()
}

fn expand(input: TokenStream) -> syn::Result<proc_macro2::TokenStream> {
    let mut words = Punctuated::<Expr, Token![,]>::parse_terminated.parse(input)?.into_iter().map(ungrouped);
    let missing = || Error::new(proc_macro2::Span::call_site(), "fl!(LOADER, \"message\", name = value, …)");
    let (loader, message) = (words.next().ok_or_else(missing)?, words.next().ok_or_else(missing)?);
    let mut values = Vec::new();
    for word in words {
        let Expr::Assign(pair) = word else { return Err(Error::new_spanned(word, "this is no name = value")) };
        let name = pair.left.to_token_stream().to_string();
        let (name, value) = (LitStr::new(&name, proc_macro2::Span::call_site()), pair.right);
        values.push(quote! { values.insert(#name, (#value).into()); });
    }
    if values.is_empty() {
        return Ok(quote! { (#loader).get(#message) });
    }
    Ok(quote! {
        (#loader).get_args_concrete(#message, {
            let mut values = std::collections::HashMap::new();
            #(#values)*
            values
        })
    })
}

/// What a macro passes on as an expression comes in brackets that nobody wrote.
fn ungrouped(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}
